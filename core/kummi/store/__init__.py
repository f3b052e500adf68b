"""Tables, transactions, the event chain and migrations, on SQLite and PostgreSQL."""
