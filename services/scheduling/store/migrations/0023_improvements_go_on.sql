-- The best schedule that a search for a better one has found, kept while it runs: whoever takes over from its replica goes on from there. Apart from
-- the rest, which is read whenever somebody looks how far it is. It goes once the search has ended; replicas of the version before leave it.
alter table improvements add column found jsonb;
