-- What was decided at decision points of protocols. A decision that changes one of before is one more.
create table course_decisions (
  clinic     text not null,
  course     text not null,
  number     integer not null check (number > 0),
  phase      text not null,
  occurrence integer not null check (occurrence > 0),
  option     text not null,
  role       integer not null,
  decided_by text not null,
  reason     text not null,
  decided_at timestamptz not null,
  primary key (clinic, course, number),
  foreign key (clinic, course) references courses (clinic, id)
);
select kat_tenant_table('course_decisions'), kat_append_only('course_decisions');
