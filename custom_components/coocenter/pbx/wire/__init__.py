"""The only place that knows the PBX's field names, spellings and encodings."""
