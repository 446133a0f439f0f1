-- Records of substance use disorder programs (42 CFR part 2). Basis 4: a consent for counseling notes alone.
alter table records_requests
  add column part2_program boolean not null default false,
  drop constraint records_requests_basis_check,
  add constraint records_requests_basis_check check (basis between 1 and 4),
  add constraint records_requests_counseling_notes
    check (('substance-use-counseling-notes' = any (record_types)) = (basis = 4) and (basis <> 4 or cardinality(record_types) = 1)),
  add constraint records_requests_part2_consent check (not part2_program or basis <> 3);
