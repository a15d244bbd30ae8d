DROP TABLE token_spendings;
