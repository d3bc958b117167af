using System.Globalization;
using Cairn.Query.Definitions;
using Cairn.Query.Scanning;
using Cairn.Query.Sessions;
using NodaTime.Text;

namespace Cairn.Benchmarks.Engine;

/// <summary>Sessions by day, by half an hour and midnight, with their lengths: what others do with window functions.</summary>
static class SessionQuestion
{
    public static async Task<string> AskAsync(ReportReader reader)
    {
        var answer = await new SessionsReport(reader, TimeProvider.System).AnswerAsync(
            new() { Project = EngineQuestions.Project, Now = EngineQuestions.Now, Range = EngineQuestions.Range, Switches = Switches.Mixpanel }, default);
        var days = answer.Starts.Zip(answer.Series[0].Buckets).Where(day => day.Second.Sessions > 0);
        return string.Join('\n', days.Select(day => string.Create(CultureInfo.InvariantCulture, $"{LocalDatePattern.Iso.Format(day.First.Date)}\t{day.Second.Sessions}\t{day.Second.TotalMs}")));
    }
}
