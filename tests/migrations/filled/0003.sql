-- A history as revision 0002 wrote it: one job of every kind of end, and one that has none yet.
INSERT INTO jobs (id, user_id, channel_id, guild_id, options, filesize_limit, state, created_at, source_name, notes, mask_url,
    interaction_token, status_message_id, recipe, source_sha256, profile, finished_at, reason) VALUES
  ('00000000000000a1', 1456074443980800010, 10, 20,
    '{"sides": {"top": 100, "right": 0, "bottom": 0, "left": 0}, "exact": false, "prompt": "a lake", "seed": 7, "variations": 2}',
    10485760, 'painted', '2026-01-01 12:00:00.000000', 'photo.png', '["It was an animation."]', NULL, NULL, 500,
    '{"version": 1, "sides": {"top": 128, "right": 0, "bottom": 0, "left": 0}, "seed": 7, "prompt": "a lake", "painter": "auto", "source_sha256": "5555555555555555555555555555555555555555555555555555555555555555"}',
    '5555555555555555555555555555555555555555555555555555555555555555', 'draft', '2026-01-01 12:01:00.000000', NULL),
  ('00000000000000a2', 1456074443980800011, 10, NULL,
    '{"sides": {"top": 0, "right": 64, "bottom": 0, "left": 0}, "exact": true, "prompt": null, "seed": null, "variations": null}',
    10485760, 'failed', '2026-01-01 12:02:00.000000', 'other.png', '[]', NULL, NULL, NULL, NULL, NULL, NULL,
    '2026-01-01 12:03:00.000000', 'It was no picture.'),
  ('00000000000000a3', 1456074443980800010, 10, 20,
    '{"sides": {"top": 64, "right": 0, "bottom": 0, "left": 0}, "exact": false, "prompt": null, "seed": null, "variations": null}',
    10485760, 'received', '2026-01-01 12:04:00.000000', 'third.png', '[]', 'https://example.org/mask.png', 'token', NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO pictures (job_id, "index", sha256, width, height, recipe, message_id, channel_id) VALUES
  ('00000000000000a1', 0, 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 93, 205,
    '{"version": 1, "sides": {"top": 128, "right": 0, "bottom": 0, "left": 0}, "seed": 7, "prompt": "a lake", "painter": "draft", "source_sha256": "5555555555555555555555555555555555555555555555555555555555555555"}', 500, 10),
  ('00000000000000a1', 1, 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb', 93, 205,
    '{"version": 1, "sides": {"top": 128, "right": 0, "bottom": 0, "left": 0}, "seed": 8, "prompt": "a lake", "painter": "draft", "source_sha256": "5555555555555555555555555555555555555555555555555555555555555555"}', 500, 10);
INSERT INTO deliveries (job_id, state, due_at, tries, parts_sent) VALUES
  ('00000000000000a1', 'sent', '2026-01-01 12:01:00.000000', 0, 1),
  ('00000000000000a2', 'undeliverable', '2026-01-01 12:03:00.000000', 3, 0);
INSERT INTO attempts (job_id, attempt, engine, handed_back) VALUES
  ('00000000000000a1', '1-1', 'gone', 0),
  ('00000000000000a1', '1-2', 'tidy', 1);
INSERT INTO memos (key, value) VALUES ('commands:1:everywhere', 'a digest');
