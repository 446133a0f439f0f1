-- Decisions that no block names are not kept for ever: the worker removes those older than the installation keeps. All
-- others stay, and none ever changes.
drop trigger append_only on decisions;
create trigger append_only before update on decisions for each row execute function kat_refuse_change();

create function refuse_to_forget_a_booking() returns trigger
language plpgsql
as $$
begin
  if exists (select from blocks where clinic = old.clinic and decision = old.id) then
    raise exception 'a block names the decision';
  end if;
  return old;
end $$;
create trigger named before delete on decisions for each row execute function refuse_to_forget_a_booking();
do $$ begin execute format('grant delete on decisions to %I', kat_role('_worker')); end $$;

create index decisions_by_age on decisions (clinic, created_at);
create index blocks_by_decision on blocks (clinic, decision) where decision <> '';

select kat_for_each_clinic($$
  insert into jobs (clinic, kind, key, due_at, payload) values (kat_clinic(), 'decision.prune', 'decisions', now(), '{}')
  on conflict do nothing
$$);
