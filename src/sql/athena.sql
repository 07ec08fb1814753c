-- Quota use of Amazon Bedrock by minute and model, from model invocation logs, for Amazon Athena (Trino).
-- Tokens: reservation = input + max_tokens, settlement = input + cache write + output x burndown rate.
-- Rates and limits are those of tokenleash's catalog of {{catalog_version}}; "tokenleash replay" computes the same.
-- The table has one column, a record in each line, so that records of every form can be read:
--   CREATE EXTERNAL TABLE bedrock_invocation_logs (line string)
--   ROW FORMAT DELIMITED FIELDS TERMINATED BY '\001'
--   LOCATION 's3://BUCKET/PREFIX/AWSLogs/ACCOUNT/BedrockModelInvocationLogs/REGION/';
WITH models (logged, model, burndown_rate, max_output_tokens) AS (VALUES
{{models}}
),
records AS (
  SELECT
    CAST(floor(to_unixtime(TRY(from_iso8601_timestamp(json_extract_scalar(line, '$.timestamp'))))) AS BIGINT) AS second,
    coalesce(json_extract_scalar(line, '$.accountId'), '') AS account,
    coalesce(json_extract_scalar(line, '$.region'), '') AS region,
    json_extract_scalar(line, '$.modelId') AS logged_id,
    regexp_replace(json_extract_scalar(line, '$.modelId'), '^arn:aws[^:]*:bedrock:[^:]*:[^:]*:(foundation-model|inference-profile)/', '') AS named,
    coalesce(json_extract_scalar(line, '$.errorCode'), '') AS error_code,
    -- A body is an object, or an object in a string.
    coalesce(json_extract_scalar(line, '$.input.inputBodyJson'), json_format(json_extract(line, '$.input.inputBodyJson'))) AS body,
    regexp_extract(line, '"amazon-bedrock-invocationMetrics"\s*:\s*\{[^}]*\}') AS metrics,
    line
  FROM {{from}}
  WHERE json_extract_scalar(line, '$.modelId') IS NOT NULL
    AND (json_extract_scalar(line, '$.schemaType') = 'ModelInvocationLog'
      OR (json_extract_scalar(line, '$.schemaType') IS NULL AND json_extract(line, '$.input') IS NOT NULL))
),
-- What a record does not count itself is counted in its answer: as metrics of the last event, or as usage.
counts AS (
  SELECT
    second, account, region, logged_id, named, error_code,
    body IS NOT NULL AND body NOT IN ('{}', 'null', '') AS has_body,
    TRY_CAST(coalesce(
      json_extract_scalar(body, '$.inferenceConfig.maxTokens'), json_extract_scalar(body, '$.inferenceConfig.max_new_tokens'),
      json_extract_scalar(body, '$.textGenerationConfig.maxTokenCount'), json_extract_scalar(body, '$.max_tokens'),
      json_extract_scalar(body, '$.max_completion_tokens'), json_extract_scalar(body, '$.max_gen_len')) AS BIGINT) AS max_tokens,
    coalesce(TRY_CAST(json_extract_scalar(line, '$.input.inputTokenCount') AS BIGINT),
      TRY_CAST(regexp_extract(metrics, '"inputTokenCount"\s*:\s*(\d+)', 1) AS BIGINT),
      TRY_CAST(coalesce(json_extract_scalar(line, '$.output.outputBodyJson.usage.inputTokens'),
        json_extract_scalar(line, '$.output.outputBodyJson.usage.input_tokens'),
        json_extract_scalar(line, '$.output.outputBodyJson.usage.prompt_tokens')) AS BIGINT), 0) AS input_tokens,
    coalesce(TRY_CAST(json_extract_scalar(line, '$.output.outputTokenCount') AS BIGINT),
      TRY_CAST(regexp_extract(metrics, '"outputTokenCount"\s*:\s*(\d+)', 1) AS BIGINT),
      TRY_CAST(coalesce(json_extract_scalar(line, '$.output.outputBodyJson.usage.outputTokens'),
        json_extract_scalar(line, '$.output.outputBodyJson.usage.output_tokens'),
        json_extract_scalar(line, '$.output.outputBodyJson.usage.completion_tokens')) AS BIGINT), 0) AS output_tokens,
    coalesce(TRY_CAST(json_extract_scalar(line, '$.input.cacheReadInputTokenCount') AS BIGINT),
      TRY_CAST(regexp_extract(metrics, '"cacheReadInputTokenCount"\s*:\s*(\d+)', 1) AS BIGINT),
      TRY_CAST(coalesce(json_extract_scalar(line, '$.output.outputBodyJson.usage.cacheReadInputTokens'),
        json_extract_scalar(line, '$.output.outputBodyJson.usage.cache_read_input_tokens')) AS BIGINT), 0) AS cache_read_tokens,
    coalesce(TRY_CAST(json_extract_scalar(line, '$.input.cacheWriteInputTokenCount') AS BIGINT),
      TRY_CAST(regexp_extract(metrics, '"cacheWriteInputTokenCount"\s*:\s*(\d+)', 1) AS BIGINT),
      TRY_CAST(coalesce(json_extract_scalar(line, '$.output.outputBodyJson.usage.cacheWriteInputTokens'),
        json_extract_scalar(line, '$.output.outputBodyJson.usage.cache_creation_input_tokens')) AS BIGINT), 0) AS cache_write_tokens
  FROM records
),
calls AS (
  SELECT
    second, account, region,
    coalesce(models.model, logged_id) AS model,
    CASE WHEN models.model IS NULL THEN '' ELSE coalesce(regexp_extract(named, '^({{profiles}})[.]', 1), '') END AS profile,
    error_code = '' AS answered,
    error_code LIKE '%Throttl%' OR error_code LIKE '%TooManyRequests%' AS throttled,
    input_tokens + cache_write_tokens + {{reserved_reads}} + CASE
      WHEN NOT has_body THEN output_tokens
      ELSE coalesce(max_tokens, {{unset}}, 0)
    END AS reservation,
    input_tokens + cache_write_tokens + output_tokens * coalesce(models.burndown_rate, {{highest_rate}}) AS settlement
  FROM counts
  LEFT JOIN models ON models.logged = regexp_replace(named, '^({{profiles}})[.]', '')
),
seconds AS (
  SELECT
    second, account, region, model, profile,
    sum(CASE WHEN answered THEN 1 ELSE 0 END) AS calls,
    sum(CASE WHEN throttled THEN 1 ELSE 0 END) AS throttled,
    sum(CASE WHEN answered THEN reservation ELSE 0 END) AS reservation,
    sum(CASE WHEN answered THEN settlement ELSE 0 END) AS settlement
  FROM calls
  WHERE (answered OR throttled) AND second IS NOT NULL
  GROUP BY second, account, region, model, profile
),
windows AS (
  SELECT
    second, account, region, model, profile, calls, throttled, reservation, settlement,
    sum(reservation) OVER (PARTITION BY account, region, model, profile ORDER BY second RANGE BETWEEN 59 PRECEDING AND CURRENT ROW) AS reservation_in_window,
    sum(settlement) OVER (PARTITION BY account, region, model, profile ORDER BY second RANGE BETWEEN 59 PRECEDING AND CURRENT ROW) AS settlement_in_window
  FROM seconds
)
SELECT
  second - second % 60 AS minute,
  account, region, model, profile,
  sum(calls) AS calls,
  sum(throttled) AS throttled,
  sum(reservation) AS reservation,
  sum(settlement) AS settlement,
  max(CASE WHEN calls > 0 THEN reservation_in_window ELSE 0 END) AS peak_reservation,
  max(CASE WHEN calls > 0 THEN settlement_in_window ELSE 0 END) AS peak_settlement
FROM windows
GROUP BY second - second % 60, account, region, model, profile
ORDER BY 1, 2, 3, 4, 5
