"""Who is who: the parts of identity resolution that SQL cannot do."""
