-- A decision is written for each proposal and hardly ever read: with lz4 writing it costs a third less, at somewhat more room. Where the server was
-- built without it, all stays as it was.
do $$
begin
  alter table decisions alter column body set compression lz4;
exception when feature_not_supported then
  null;
end $$;
