-- Assert: lines in a file = accepted + rejected by the loader + rejected by staging. Otherwise an
-- export lost lines on its way, and a contact looks less active than it is.
select source_file
from {{ ref('quality__line_accounting') }}
where not is_reconciled
