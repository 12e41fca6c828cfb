"""The county's plan: its numbers as dated, cited data, and its logic as rules; opens no file, asks no clock."""
