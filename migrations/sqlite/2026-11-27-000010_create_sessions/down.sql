DROP INDEX active_admins;
DROP INDEX users_newest_first;
DROP TABLE sessions;
