-- One row per patient, locked by whatever changes the patient's money.
create table accounts (clinic text not null, patient text not null, primary key (clinic, patient));

create table ledger_transactions (
  clinic text not null, id text not null, seq bigint generated always as identity,
  kind integer not null, patient text not null, source text not null, reverses text, reason text not null,
  post_time timestamptz not null,
  primary key (clinic, id),
  foreign key (clinic, reverses) references ledger_transactions
);
create unique index reversed_once on ledger_transactions (clinic, reverses);
create index ledger_of_patient on ledger_transactions (clinic, patient, seq);
create table ledger_entries (
  clinic text not null, parent text not null, position integer not null,
  account_type integer not null, tender integer not null, patient text not null, amount bigint not null check (amount <> 0),
  primary key (clinic, parent, position),
  foreign key (clinic, parent) references ledger_transactions
);
create index ledger_entries_of_account on ledger_entries (clinic, patient, account_type) include (amount);

-- Whatever the program above does: at commit, every transaction written has two entries or more and they sum to zero.
create function ledger_must_balance() returns trigger
language plpgsql
as $$
declare
  entries integer;
  total numeric;
  written text := case when tg_table_name = 'ledger_entries' then to_jsonb(new)->>'parent' else to_jsonb(new)->>'id' end;
begin
  select count(*), coalesce(sum(amount), 0) into entries, total from ledger_entries where clinic = new.clinic and parent = written;
  if entries < 2 or total <> 0 then
    raise exception 'ledger_unbalanced';
  end if;
  return null;
end $$;
create constraint trigger balance after insert on ledger_transactions
  deferrable initially deferred for each row execute function ledger_must_balance();
create constraint trigger balance after insert on ledger_entries
  deferrable initially deferred for each row execute function ledger_must_balance();

select kat_tenant_table(name::regclass) from unnest(array['accounts', 'ledger_transactions', 'ledger_entries']) as name;
select kat_append_only('ledger_transactions'), kat_append_only('ledger_entries');
