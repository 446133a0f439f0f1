-- The notice of the same course that tells of this one's visit as well: set before the carrier hears of that notice, so
-- that after a crash it is known what its words spoke of. Empty for none.

alter table messages add column told_by text not null default '';
