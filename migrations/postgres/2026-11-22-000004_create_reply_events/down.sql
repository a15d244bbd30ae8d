DROP TABLE reply_events;
