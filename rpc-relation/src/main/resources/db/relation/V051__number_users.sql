UPDATE user
  JOIN (
    SELECT user_id,
      ROW_NUMBER() OVER (ORDER BY create_time, user_id) AS number_of_all,
      SUM(app_manger_level IN (0, 1)) OVER (ORDER BY create_time, user_id) AS number_of_ordinary
    FROM user
  ) AS numbered ON numbered.user_id = user.user_id
  SET user.user_number = numbered.number_of_all,
    user.ordinary_number = IF(user.app_manger_level IN (0, 1), numbered.number_of_ordinary, 0);
