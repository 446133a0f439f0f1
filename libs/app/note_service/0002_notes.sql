create table notes (
  clinic text not null,
  note text not null,
  patient text not null,
  body text not null,
  primary key (clinic, note)
);
select kat_tenant_table('notes');
