using System.Globalization;
using Cairn.Query.Composition;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.LifetimeValue;
using Cairn.Query.Revenue;
using Cairn.Query.Scanning;
using NodaTime;
using NodaTime.Text;

namespace Cairn.Benchmarks.Engine;

/// <summary>What came in by week and from how many, what people were worth after 30 days, and how they divide by country.</summary>
static class MoneyQuestions
{
    static readonly IReadOnlyList<Expression> Revenue = [ExpressionParser.Parse("properties[\"revenue\"]")];

    static readonly EventSelection Purchase = EventSelection.Named("Purchase"), AnyEvent = EventSelection.Every("any");

    public static IEnumerable<(string Name, Func<Task<string>> Ask)> All(ReportReader reader)
    {
        yield return ("revenue_by_week", () => RevenueAsync(reader));
        yield return ("value_after_30d", () => ValueAsync(reader));
        yield return ("people_by_country", () => CompositionAsync(reader));
    }

    static async Task<string> RevenueAsync(ReportReader reader)
    {
        var answer = await new RevenueReport(reader, TimeProvider.System).AnswerAsync(
            new() { Project = EngineQuestions.Project, Now = EngineQuestions.Now, Range = EngineQuestions.Range, Events = [Purchase], Amounts = Revenue, Active = [AnyEvent], Unit = new(TimeUnit.Week), Switches = Switches.Mixpanel }, default);
        return string.Join('\n', answer.Overall.Rows.Where(row => row.Active > 0).Select(row => string.Create(CultureInfo.InvariantCulture, $"{Day(row.Start)}\t{Math.Round(row.Revenue, 2)}\t{row.Payers}\t{row.Active}")));
    }

    static async Task<string> ValueAsync(ReportReader reader)
    {
        var answer = await new LifetimeValueReport(reader, TimeProvider.System).AnswerAsync(
            new() { Project = EngineQuestions.Project, Now = EngineQuestions.Now, Range = EngineQuestions.Range, Birth = [AnyEvent], Events = [Purchase], Amounts = Revenue, Ages = [30], Switches = Switches.Mixpanel }, default);
        return string.Join('\n', answer.Overall[0].Rows.Where(row => row.Size > 0).Select(row => string.Create(CultureInfo.InvariantCulture, $"{Day(row.Start)}\t{row.Size}\t{Math.Round(row.Ages[0].Revenue, 2)}")));
    }

    static async Task<string> CompositionAsync(ReportReader reader)
    {
        var answer = await new CompositionReport(reader, TimeProvider.System).AnswerAsync(
            new() { Project = EngineQuestions.Project, Now = EngineQuestions.Now, Range = EngineQuestions.Range, Events = [AnyEvent], By = [Breakdown.Of(PropertyScope.Event, "country")], Limit = 1_000, Switches = Switches.Mixpanel }, default);
        return string.Join('\n', answer.Series.OrderBy(series => series.Keys[0], StringComparer.Ordinal).Select(series => $"{series.Keys[0]}\t{series.People}"));
    }

    static string Day(LocalDateTime start) => LocalDatePattern.Iso.Format(start.Date);
}
