-- A group's requests that are open, or that were handled in one way.
ALTER TABLE group_request ADD KEY handled (group_id, handle_result, req_time);
