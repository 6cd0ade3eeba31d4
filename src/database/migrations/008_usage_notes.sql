-- Why the figures of a model call are not, or not all, as its vendor told them; null when they are.
alter table llm_calls add column usage_note text;
