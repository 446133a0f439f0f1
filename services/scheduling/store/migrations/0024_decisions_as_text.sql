-- Nothing asks the database what is in a decision, and making jsonb of it took more than all else of the insert together. It stays the JSON that it was;
-- a replica that has prepared its insert with jsonb goes on, and what it sends becomes text. With the type goes how it is compressed, hence 0022 again.
-- The table is written anew, and no course can be planned meanwhile: 5 s for 20,000 decisions.
alter table decisions alter column body type text;
do $$
begin
  alter table decisions alter column body set compression lz4;
exception when feature_not_supported then
  null;
end $$;
