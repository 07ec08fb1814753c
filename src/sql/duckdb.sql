-- Quota use of Amazon Bedrock by minute and model, from model invocation logs, for DuckDB.
-- Tokens: reservation = input + max_tokens, settlement = input + cache write + output x burndown rate.
-- Rates and limits are those of tokenleash's catalog of {{catalog_version}}; "tokenleash replay" computes the same.
WITH models (logged, model, burndown_rate, max_output_tokens) AS (VALUES
{{models}}
),
records AS (
  SELECT
    epoch_ms(TRY_CAST("timestamp" AS TIMESTAMP)) // 1000 AS second,
    coalesce(accountId, '') AS account,
    coalesce(region, '') AS region,
    modelId AS logged_id,
    regexp_replace(modelId, '^arn:aws[^:]*:bedrock:[^:]*:[^:]*:(foundation-model|inference-profile)/', '') AS named,
    coalesce(errorCode, '') AS error_code,
    input.inputTokenCount AS input_tokens,
    input.cacheReadInputTokenCount AS cache_read_tokens,
    input.cacheWriteInputTokenCount AS cache_write_tokens,
    output.outputTokenCount AS output_tokens,
    CASE WHEN json_type(input.inputBodyJson) = 'VARCHAR' THEN input.inputBodyJson ->> '$'
         ELSE CAST(input.inputBodyJson AS VARCHAR) END AS body,
    CAST(output.outputBodyJson AS VARCHAR) AS answer
  FROM read_json({{from}}, format = 'newline_delimited', ignore_errors = true, columns = {
    schemaType: 'VARCHAR', "timestamp": 'VARCHAR', accountId: 'VARCHAR', region: 'VARCHAR', modelId: 'VARCHAR',
    errorCode: 'VARCHAR',
    input: 'STRUCT(inputTokenCount UBIGINT, cacheReadInputTokenCount UBIGINT, cacheWriteInputTokenCount UBIGINT, inputBodyJson JSON)',
    output: 'STRUCT(outputTokenCount UBIGINT, outputBodyJson JSON)'})
  WHERE modelId IS NOT NULL AND (schemaType = 'ModelInvocationLog' OR (schemaType IS NULL AND input IS NOT NULL))
),
-- What a record does not count itself is counted in its answer: as metrics of the last event, or as usage.
bodies AS (
  SELECT
    *,
    json_extract_string(body, ['$.inferenceConfig.maxTokens', '$.inferenceConfig.max_new_tokens',
      '$.textGenerationConfig.maxTokenCount', '$.max_tokens', '$.max_completion_tokens', '$.max_gen_len']) AS asked,
    CASE WHEN input_tokens IS NULL OR output_tokens IS NULL OR cache_read_tokens IS NULL OR cache_write_tokens IS NULL
      THEN regexp_extract(answer, '"amazon-bedrock-invocationMetrics"\s*:\s*\{[^}]*\}') END AS metrics,
    CASE WHEN input_tokens IS NULL OR output_tokens IS NULL OR cache_read_tokens IS NULL OR cache_write_tokens IS NULL
      THEN json_extract_string(answer, ['$.usage.inputTokens', '$.usage.input_tokens', '$.usage.prompt_tokens',
        '$.usage.outputTokens', '$.usage.output_tokens', '$.usage.completion_tokens',
        '$.usage.cacheReadInputTokens', '$.usage.cache_read_input_tokens',
        '$.usage.cacheWriteInputTokens', '$.usage.cache_creation_input_tokens']) END AS usage
  FROM records
),
counts AS (
  SELECT
    second, account, region, logged_id, named, error_code,
    body IS NOT NULL AND body NOT IN ('{}', 'null', '') AS has_body,
    TRY_CAST(coalesce(asked[1], asked[2], asked[3], asked[4], asked[5], asked[6]) AS UBIGINT) AS max_tokens,
    coalesce(input_tokens, TRY_CAST(regexp_extract(metrics, '"inputTokenCount"\s*:\s*(\d+)', 1) AS UBIGINT),
      TRY_CAST(coalesce(usage[1], usage[2], usage[3]) AS UBIGINT), 0) AS input_tokens,
    coalesce(output_tokens, TRY_CAST(regexp_extract(metrics, '"outputTokenCount"\s*:\s*(\d+)', 1) AS UBIGINT),
      TRY_CAST(coalesce(usage[4], usage[5], usage[6]) AS UBIGINT), 0) AS output_tokens,
    coalesce(cache_read_tokens, TRY_CAST(regexp_extract(metrics, '"cacheReadInputTokenCount"\s*:\s*(\d+)', 1) AS UBIGINT),
      TRY_CAST(coalesce(usage[7], usage[8]) AS UBIGINT), 0) AS cache_read_tokens,
    coalesce(cache_write_tokens, TRY_CAST(regexp_extract(metrics, '"cacheWriteInputTokenCount"\s*:\s*(\d+)', 1) AS UBIGINT),
      TRY_CAST(coalesce(usage[9], usage[10]) AS UBIGINT), 0) AS cache_write_tokens
  FROM bodies
),
calls AS (
  SELECT
    second, account, region,
    coalesce(models.model, logged_id) AS model,
    CASE WHEN models.model IS NULL THEN '' ELSE regexp_extract(named, '^({{profiles}})[.]', 1) END AS profile,
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
    count(*) FILTER (WHERE answered) AS calls,
    count(*) FILTER (WHERE throttled) AS throttled,
    coalesce(sum(reservation) FILTER (WHERE answered), 0) AS reservation,
    coalesce(sum(settlement) FILTER (WHERE answered), 0) AS settlement
  FROM calls
  WHERE (answered OR throttled) AND second IS NOT NULL
  GROUP BY ALL
),
windows AS (
  SELECT
    *,
    sum(reservation) OVER last_sixty AS reservation_in_window,
    sum(settlement) OVER last_sixty AS settlement_in_window
  FROM seconds
  WINDOW last_sixty AS (PARTITION BY account, region, model, profile ORDER BY second RANGE BETWEEN 59 PRECEDING AND CURRENT ROW)
)
SELECT
  strftime(make_timestamp(second // 60 * 60 * 1000000), '%Y-%m-%dT%H:%M:%SZ') AS minute,
  account, region, model, profile,
  CAST(sum(calls) AS BIGINT) AS calls,
  CAST(sum(throttled) AS BIGINT) AS throttled,
  CAST(sum(reservation) AS BIGINT) AS reservation,
  CAST(sum(settlement) AS BIGINT) AS settlement,
  CAST(coalesce(max(reservation_in_window) FILTER (WHERE calls > 0), 0) AS BIGINT) AS peak_reservation,
  CAST(coalesce(max(settlement_in_window) FILTER (WHERE calls > 0), 0) AS BIGINT) AS peak_settlement
FROM windows
GROUP BY ALL
ORDER BY ALL;
