using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Cairn.Query.Filters;

namespace Cairn.Api.Mixpanel;

/// <summary>A figure over profiles, as <c>engage/stats</c> names it: <c>count()</c>, <c>extremes(e)</c>, <c>percentile(e, 90)</c>, <c>numeric_summary(e)</c>.</summary>
sealed partial class EngageFigure
{
    readonly string kind;
    readonly CompiledExpression? of;
    readonly double rank;

    EngageFigure(string kind, CompiledExpression? of, double rank) => (this.kind, this.of, this.rank) = (kind, of, rank);

    /// <exception cref="MixpanelParameterException">There is no such figure.</exception>
    public static EngageFigure Read(string action)
    {
        var match = Form().Match(action);
        var (kind, argument) = (match.Groups["kind"].Value, match.Groups["argument"].Value.Trim());
        if (!match.Success || kind == "count" && argument.Length > 0) throw Wrong(action);
        if (kind == "count") return new(kind, null, 0);
        var rank = 0.0;
        if (kind == "percentile")
        {
            var comma = argument.LastIndexOf(',');
            if (comma < 0 || !double.TryParse(argument[(comma + 1)..], NumberStyles.Float, CultureInfo.InvariantCulture, out rank) || rank is not (>= 0 and <= 100)) throw Wrong(action);
            argument = argument[..comma];
        }
        try
        {
            return new(kind, CompiledExpression.Compile(ExpressionParser.ParseBreakdown(argument)), rank);
        }
        catch (ExpressionException e)
        {
            throw new MixpanelParameterException("action", e.Message, isError: true);
        }
    }

    /// <summary>Writes the figure as one JSON value.</summary>
    public void Write(Utf8JsonWriter json, IReadOnlyList<EngageSubject> subjects)
    {
        if (of is null)
        {
            json.WriteNumberValue(subjects.Count);
            return;
        }
        var numbers = subjects.Select(subject => subject.Evaluate(of)).Where(value => value.Kind == ValueKind.Number).Select(value => value.Number).Order().ToArray();
        switch (kind)
        {
            case "percentile":
                WriteNumber(json, Percentile(numbers));
                return;
            case "extremes":
                json.WriteStartObject();
                WriteNumber(json, "max", numbers.Length == 0 ? null : numbers[^1]);
                WriteNumber(json, "min", numbers.Length == 0 ? null : numbers[0]);
                json.WriteEndObject();
                return;
            default:
                WriteSummary(json, numbers);
                return;
        }
    }

    /// <summary>Between the two values around the rank, in proportion; null without a value.</summary>
    double? Percentile(double[] sorted)
    {
        if (sorted.Length == 0) return null;
        var position = rank / 100 * (sorted.Length - 1);
        var below = (int)position;
        return below + 1 == sorted.Length ? sorted[below] : sorted[below] + ((position - below) * (sorted[below + 1] - sorted[below]));
    }

    static void WriteSummary(Utf8JsonWriter json, double[] numbers)
    {
        double? mean = numbers.Length == 0 ? null : numbers.Average();
        json.WriteStartObject();
        json.WriteNumber("count", numbers.Length);
        WriteNumber(json, "mean", mean);
        WriteNumber(json, "var", mean is { } middle ? numbers.Average(number => (number - middle) * (number - middle)) : null);
        WriteNumber(json, "sum_of_squares", numbers.Sum(number => number * number));
        json.WriteEndObject();
    }

    static void WriteNumber(Utf8JsonWriter json, string name, double? number)
    {
        json.WritePropertyName(name);
        WriteNumber(json, number);
    }

    // Squares may go past what JSON has a form for.
    static void WriteNumber(Utf8JsonWriter json, double? number)
    {
        if (number is { } value && double.IsFinite(value)) json.WriteNumberValue(value);
        else json.WriteNullValue();
    }

    static MixpanelParameterException Wrong(string action) =>
        new("action", $"must be count(), extremes(e), percentile(e, 0 to 100) or numeric_summary(e), not {action}");

    [GeneratedRegex(@"^\s*(?<kind>count|extremes|percentile|numeric_summary)\s*\((?<argument>.*)\)\s*$", RegexOptions.Singleline)]
    private static partial Regex Form();
}
