-- Reads that grew with the years: of 36 months of a province (`npm run bench:api`) the state of a row's payments was looked for
-- among all payments, and what statements leave unexplained among all their lines.

-- `instruction_one_live` knows those alone that stand; what a row's payments came to asks for all.
create index instruction_entitlement on instruction (entitlement_number);

-- A state that is known to be OPEN is known not to be MATCHED: one index serves both questions.
drop index statement_line_open;
create index statement_line_unexplained on statement_line (state) where state <> 'MATCHED';
