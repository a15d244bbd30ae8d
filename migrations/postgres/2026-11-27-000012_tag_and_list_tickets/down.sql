DROP INDEX tickets_by_status_and_change;
DROP INDEX tickets_by_user_and_change;
DROP INDEX tickets_by_change;
DROP INDEX tickets_by_assignee;
DROP INDEX tickets_by_tag;
ALTER TABLE tickets DROP COLUMN tags;
