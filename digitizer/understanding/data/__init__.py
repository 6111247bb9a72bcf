"""The facts the engine works by: classes, fields, organs, as tables (TOML) with source tags and validity."""
