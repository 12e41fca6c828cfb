"""The plan's logic, one module per clause; no literal number or date stands here, they come from the plan."""
