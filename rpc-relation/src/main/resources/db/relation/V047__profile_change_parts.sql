-- First those who have the user as a friend get to know (0), then blacklists (1), then the user's groups (2). done_to
-- counts within the present part.
ALTER TABLE profile_change ADD COLUMN part TINYINT NOT NULL DEFAULT 0;
