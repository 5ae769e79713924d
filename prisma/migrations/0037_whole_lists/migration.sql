-- ── Proposals: what confirming takes besides ─────────────────────────────────────────────────────

-- Some contents take a permission more than their operation does (a file of accounts): who lacks it is not shown them.
alter table proposal add column besides text;
