"""The model of Estafet: who leaves, what is then needed, how best to fill it."""
