"""Files in and out: CRM and people imports, tables and charts on disk."""
