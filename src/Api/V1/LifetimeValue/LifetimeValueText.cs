using System.Globalization;
using System.Text.Json;
using Cairn.Api.Answers;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.LifetimeValue;

namespace Cairn.Api.V1.LifetimeValue;

/// <summary>An answer on lifetime value as our own API gives it.</summary>
/// <remarks>Fields: docs/semantics/lifetime-value.md, "The answer".</remarks>
static class LifetimeValueText
{
    public static void Write(Utf8JsonWriter json, LifetimeValueDefinition definition, LifetimeValueAnswer answer)
    {
        json.WriteStartObject();
        json.WriteStartArray("overall");
        foreach (var series in answer.Overall) Write(json, definition, series);
        json.WriteEndArray();
        json.WriteStartArray("series");
        foreach (var series in answer.Series) Write(json, definition, series);
        json.WriteEndArray();
        json.WriteNumber("series_before_limit", answer.SeriesBeforeLimit);
        CoverageJson.Write(json, answer.Coverage);
        json.WriteEndObject();
    }

    /// <summary>A line for each age of each row of each series.</summary>
    public static string Csv(LifetimeValueDefinition definition, LifetimeValueAnswer answer)
    {
        var csv = new Csv().Row([
            "compared", .. definition.Breakdowns.Select((_, index) => $"key {index + 1}"),
            "row", "age", "size", "revenue", "paid", "newly paid", "payers", "per user", "per payer", "complete",
        ]);
        foreach (var series in answer.Overall.Concat(answer.Series))
            foreach (var row in series.Rows)
                for (var age = 0; age < row.Ages.Count; age++)
                    csv.Row([
                        definition.Compared.Count == 0 ? "" : definition.Compared[series.ComparedIndex].Label,
                        .. definition.Breakdowns.Select((_, index) => index < series.Keys.Count ? series.Keys[index] : ""),
                        Day(row), Number(definition.Ages[age]), Number(row.Ages[age].Size), ValueText.Number(row.Ages[age].Revenue), Number(row.Ages[age].Paid), Number(row.Ages[age].NewlyPaid),
                        Number(row.Ages[age].Payers), ValueText.Number(row.Ages[age].PerUser), ValueText.Number(row.Ages[age].PerPayer), age < row.Complete ? "true" : "false",
                    ]);
        return csv.ToString();
    }

    static void Write(Utf8JsonWriter json, LifetimeValueDefinition definition, LifetimeValueSeries series)
    {
        json.WriteStartObject();
        if (definition.Compared.Count > 0) json.WriteString("compared", definition.Compared[series.ComparedIndex].Label);
        json.WriteStartArray("keys");
        foreach (var key in series.Keys) json.WriteStringValue(key);
        json.WriteEndArray();
        json.WriteStartArray("rows");
        foreach (var row in series.Rows) Write(json, definition, row);
        json.WriteEndArray();
        json.WritePropertyName("together");
        Write(json, definition, series.Together);
        json.WriteEndObject();
    }

    static void Write(Utf8JsonWriter json, LifetimeValueDefinition definition, LifetimeValueRow row)
    {
        json.WriteStartObject();
        json.WriteString("start", Day(row));
        json.WriteNumber("size", row.Size);
        json.WriteNumber("payers", row.Payers);
        Write(json, "revenue", row.Revenue);
        json.WriteStartArray("ages");
        for (var i = 0; i < row.Ages.Count; i++)
        {
            var age = row.Ages[i];
            json.WriteStartObject();
            json.WriteNumber("age", definition.Ages[i]);
            json.WriteNumber("size", age.Size);
            Write(json, "revenue", age.Revenue);
            json.WriteNumber("paid", age.Paid);
            json.WriteNumber("newly_paid", age.NewlyPaid);
            json.WriteNumber("payers", age.Payers);
            Write(json, "per_user", age.PerUser);
            Write(json, "per_payer", age.PerPayer);
            json.WriteBoolean("is_complete", i < row.Complete);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    static void Write(Utf8JsonWriter json, string name, double number)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(ValueText.Number(number));
    }

    static string Day(LifetimeValueRow row) => row.Start.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture);

    static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
