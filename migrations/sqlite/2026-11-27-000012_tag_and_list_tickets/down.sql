DROP INDEX tickets_by_status_and_change;
DROP INDEX tickets_by_user_and_change;
DROP INDEX tickets_by_change;
DROP INDEX tickets_by_assignee;
DROP TRIGGER ticket_tags_on_update;
DROP TRIGGER ticket_tags_on_insert;
DROP TABLE ticket_tags;
ALTER TABLE tickets DROP COLUMN tags;
