using System.Globalization;
using System.Text.Json;
using Cairn.Api.Answers;
using Cairn.Api.V1.Query;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Revenue;

namespace Cairn.Api.V1.Revenue;

/// <summary>A revenue answer as our own API gives it.</summary>
/// <remarks>Fields: docs/semantics/revenue.md, "Asking".</remarks>
static class RevenueText
{
    public static void Write(Utf8JsonWriter json, RevenueDefinition definition, RevenueAnswer answer)
    {
        json.WriteStartObject();
        json.WritePropertyName("overall");
        Write(json, definition, answer.Overall);
        json.WriteStartArray("series");
        foreach (var series in answer.Series) Write(json, definition, series);
        json.WriteEndArray();
        json.WriteNumber("series_before_limit", answer.SeriesBeforeLimit);
        CoverageJson.Write(json, answer.Coverage);
        json.WriteEndObject();
    }

    /// <summary>A line for each bucket of each series.</summary>
    public static string Csv(RevenueDefinition definition, RevenueAnswer answer)
    {
        var csv = new Csv().Row([
            .. definition.Breakdowns.Select((_, index) => $"key {index + 1}"),
            "row", "revenue", "refunds", "purchases", "payers", "active", "per user", "per payer",
        ]);
        foreach (var series in answer.Series.Prepend(answer.Overall))
            foreach (var row in series.Rows)
                csv.Row([
                    .. definition.Breakdowns.Select((_, index) => index < series.Keys.Count ? series.Keys[index] : ""),
                    BucketText.Of(row.Start, definition.Unit.Unit), ValueText.Number(row.Revenue), ValueText.Number(row.Refunds),
                    Number(row.Purchases), Number(row.Payers), Number(row.Active), ValueText.Number(row.PerUser), ValueText.Number(row.PerPayer),
                ]);
        return csv.ToString();
    }

    static void Write(Utf8JsonWriter json, RevenueDefinition definition, RevenueSeries series)
    {
        json.WriteStartObject();
        json.WriteStartArray("keys");
        foreach (var key in series.Keys) json.WriteStringValue(key);
        json.WriteEndArray();
        json.WriteStartArray("rows");
        foreach (var row in series.Rows) Write(json, definition, row);
        json.WriteEndArray();
        json.WritePropertyName("whole");
        Write(json, definition, series.Whole);
        json.WriteEndObject();
    }

    static void Write(Utf8JsonWriter json, RevenueDefinition definition, RevenueRow row)
    {
        json.WriteStartObject();
        json.WriteString("start", BucketText.Of(row.Start, definition.Unit.Unit));
        Write(json, "revenue", row.Revenue);
        Write(json, "refunds", row.Refunds);
        json.WriteNumber("purchases", row.Purchases);
        json.WriteNumber("payers", row.Payers);
        json.WriteNumber("active", row.Active);
        Write(json, "per_user", row.PerUser);
        Write(json, "per_payer", row.PerPayer);
        json.WriteBoolean("is_complete", row.IsComplete);
        json.WriteEndObject();
    }

    static void Write(Utf8JsonWriter json, string name, double number)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(ValueText.Number(number));
    }

    static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
