using System.Globalization;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Formulas;

namespace Cairn.Api.Amplitude;

/// <summary>Reads Amplitude's formulas: each metric of an event that they name becomes a line of the report.</summary>
/// <remarks>Source: Amplitude docs, "Custom formulas". For example <c>UNIQUES(A2) / UNIQUES(A1)</c>, <c>ROLLAVG(PROPSUM, B, 7)</c>.</remarks>
/// <param name="events">What the letters stand for, and what each event is grouped by.</param>
/// <param name="segmentCount">What the numbers behind letters may be.</param>
sealed class FormulaTerms(IReadOnlyList<(EventSelection Selection, IReadOnlyList<Expression> GroupBy)> events, int segmentCount) : FormulaReader
{
    /// <summary>The letter that stands for any active event, which no formula can write.</summary>
    const int Active = -1;

    readonly List<(int Letter, Metric Metric)> lines = [];
    readonly HashSet<int> takenForNumbers = [];

    /// <summary>The metrics named so far, one line each.</summary>
    public IReadOnlyList<Metric> Metrics => [.. lines.Select(line => line.Metric)];

    /// <summary>Their events. Where a property metric takes an event's first grouping for its number, no metric of that event is grouped by it.</summary>
    public IReadOnlyList<EventSelection> Events => [.. lines.Select(line => line.Letter == Active
        ? ChartJson.Event("e", """{"event_type":"_active"}""").Selection
        : events[line.Letter].Selection with { Breakdowns = [.. events[line.Letter].GroupBy.Skip(takenForNumbers.Contains(line.Letter) ? 1 : 0).Select(by => new Breakdown(by))] })];

    /// <summary>Several formulas, apart by semicolons.</summary>
    /// <exception cref="AmplitudeQueryException">One can't be read; the message says where.</exception>
    public IReadOnlyList<NamedFormula> ReadAll(string text)
    {
        try
        {
            return [.. text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(one => new NamedFormula(one, Read(WithoutDisplay(one))))];
        }
        catch (FormulaException e)
        {
            throw new AmplitudeQueryException($"Invalid formula: {e.Message}");
        }
    }

    protected override Formula Line(FormulaSyntax.Name name) => throw new FormulaException($"\"{name.Text}\" needs a metric, as UNIQUES({name.Text})", name.Position);

    protected override Formula Other(FormulaSyntax.Call call)
    {
        var name = call.Function.ToUpperInvariant();
        switch (name)
        {
            case "CUMSUM":
                Take(call, 2);
                return Term(Word(call.Arguments[0]), call.Arguments[1], null, call.Position, new Lookback.SinceStart());
            case "ROLLAVG" or "ROLLWIN":
                Take(call, 3);
                var buckets = (int)Math.Clamp(Constant(call.Arguments[2]), 0, int.MaxValue);
                return Term(Word(call.Arguments[0]), call.Arguments[1], null, call.Position, name == "ROLLAVG" ? new Lookback.Average(buckets) : new Lookback.Rolling(buckets));
            case "ARPAU":
                Take(call, 1);
                return new Formula.Binary('/', Term("PROPSUM", call.Arguments[0], null, call.Position, null), new Formula.Line(LineOf(Active, new Metric(new Measure.Uniques())), SegmentOf(call.Arguments[0])));
            case "PERCENTILE" or "FREQPERCENTILE":
                Take(call, 2);
                return Term(name, call.Arguments[0], Constant(call.Arguments[1]), call.Position, null);
            default:
                Take(call, 1);
                return Term(name, call.Arguments[0], null, call.Position, null);
        }
    }

    Formula.Line Term(string function, FormulaSyntax of, double? fraction, int position, Lookback? lookback)
    {
        var (letter, segment) = LetterOf(of);
        var measure = function switch
        {
            "UNIQUES" => new Measure.Uniques(),
            "TOTALS" => new Measure.Totals(),
            "AVG" => new Measure.AveragePerUser(),
            "SESSIONTOTALS" => new Measure.Sessions(),
            "ACTIVE" => new Measure.ActiveShare(),
            "PROPSUM" or "REVENUETOTAL" => new Measure.Property(Number(), Aggregate.Sum),
            "PROPAVG" => new Measure.Property(Number(), Aggregate.Average),
            "PROPMIN" => new Measure.Property(Number(), Aggregate.Least),
            "PROPMAX" => new Measure.Property(Number(), Aggregate.Greatest),
            "PROPCOUNT" => new Measure.Distinct(Grouping()),
            "PROPCOUNTAVG" => new Measure.PerUser(new UserNumber.Distinct(Grouping()), new(Aggregate.Average)),
            "PERCENTILE" when fraction is { } known => new Measure.Percentile(Number(), known),
            "FREQPERCENTILE" when fraction is { } known => (Measure)new Measure.PerUser(new UserNumber.Events(), Summary.Percentile(known)),
            _ => throw new FormulaException($"there is no metric \"{function}\" here", position),
        };
        return new(LineOf(letter, new(measure, lookback)), segment);

        Expression Number() => new Expression.Call(Function.Number, [Grouping()]);

        Expression Grouping()
        {
            if (events[letter].GroupBy.Count == 0) throw new FormulaException($"\"{function}\" needs the event's group_by to name a property", position);
            takenForNumbers.Add(letter);
            return events[letter].GroupBy[0];
        }
    }

    int LineOf(int letter, Metric metric)
    {
        lines.Add((letter, metric));
        return lines.Count - 1;
    }

    (int Letter, int? Segment) LetterOf(FormulaSyntax of) =>
        of is FormulaSyntax.Name name ? Letter(name, events.Count, segmentCount) : throw new FormulaException("expected an event's letter", of.Position);

    int? SegmentOf(FormulaSyntax of) => LetterOf(of).Segment;

    static string Word(FormulaSyntax of) => of is FormulaSyntax.Name name ? name.Text.ToUpperInvariant() : throw new FormulaException("expected a metric, as UNIQUES", of.Position);

    /// <summary>Without <c>%:</c> or <c>$:</c>, which tell how a number is shown.</summary>
    static string WithoutDisplay(string formula) =>
        formula.StartsWith("%:", StringComparison.Ordinal) || formula.StartsWith("$:", StringComparison.Ordinal) ? string.Create(CultureInfo.InvariantCulture, $"  {formula.AsSpan(2)}") : formula;
}
