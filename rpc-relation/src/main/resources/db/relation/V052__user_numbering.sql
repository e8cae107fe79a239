-- One row, the lock of whoever numbers new users.
CREATE TABLE user_numbering (
  id INT NOT NULL PRIMARY KEY
);
