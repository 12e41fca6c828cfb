"""The 台账 of reference §3.4, one function each, from child facts and cases; nothing here matches or judges."""
