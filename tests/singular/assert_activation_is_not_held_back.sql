-- Lists that go on as if everything had been read mail people whose "no" stands in what was not.
-- One row per file to mend, or to accept by name in var accepted_files; winback run says it itself.
select
    source_file,
    reason,
    message
from {{ ref('quality__activation_holds') }}
