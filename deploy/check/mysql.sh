#!/usr/bin/env bash
# Stands in for the entry point of MySQL's image: sets the server up once, with the database and user of the variables.
set -euo pipefail
if [ ! -d /var/lib/mysql/mysql ]; then
  mysqld --no-defaults --datadir=/var/lib/mysql --initialize-insecure
  cat >/tmp/init.sql <<SQL
CREATE DATABASE $MYSQL_DATABASE;
CREATE USER '$MYSQL_USER'@'%' IDENTIFIED BY '$MYSQL_PASSWORD';
GRANT ALL ON $MYSQL_DATABASE.* TO '$MYSQL_USER'@'%';
ALTER USER 'root'@'localhost' IDENTIFIED BY '$MYSQL_ROOT_PASSWORD';
SQL
  set -- "$@" --init-file=/tmp/init.sql
fi
exec "$1" --no-defaults --datadir=/var/lib/mysql --socket=/var/run/mysqld/mysqld.sock --pid-file=/var/run/mysqld/mysqld.pid \
  --mysqlx=OFF "${@:2}"
