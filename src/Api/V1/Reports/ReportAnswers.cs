using System.Text;
using System.Text.Json;
using Cairn.Api.Answers;
using Cairn.Api.V1.Cohorts;
using Cairn.Api.V1.Funnels;
using Cairn.Api.V1.Query;
using Cairn.Api.V1.Retention;
using Cairn.Projects;
using Cairn.Projects.Reports;
using Cairn.Projects.Reports.Daily;
using Cairn.Query.Cohorts;
using Cairn.Query.Definitions;
using Cairn.Query.Funnels;
using Cairn.Query.Retention;
using NodaTime;

namespace Cairn.Api.V1.Reports;

/// <summary>Asks saved funnels, retention reports and cohorts as of a day, and writes their answers as their routes do; of a cohort how many are in it, and not who.</summary>
public sealed class ReportAnswers(FunnelReport funnels, RetentionReport retention, CohortReport cohorts) : IReportAnswers
{
    /// <exception cref="DefinitionException">It can't be asked.</exception>
    public async Task<ComputedAnswer> AnswerAsync(SavedReport report, ReportProject project, DateOnly asOf, CancellationToken cancellationToken)
    {
        switch (report.Kind)
        {
            case ReportKind.Funnels:
                var funnel = Funnel(report, project, asOf);
                var steps = await funnels.AnswerAsync(funnel, cancellationToken);
                return Written(json => FunnelJson.Write(json, funnel, steps), steps.Coverage);
            case ReportKind.Retention:
                var returns = Retention(report, project, asOf);
                var table = await retention.AnswerAsync(returns, cancellationToken);
                return Written(json => RetentionText.Write(json, returns, table), table.Coverage);
            case ReportKind.Cohorts:
                var found = await cohorts.AnswerAsync(Cohort(report, project, asOf), cancellationToken);
                return Written(json => WriteCount(json, found), found.Coverage);
            default:
                throw new DefinitionException("report", $"{ReportBody.WordOf(report.Kind)} can't be asked as of a day");
        }
    }

    /// <exception cref="DefinitionException">It can't be asked.</exception>
    public AnswerNeeds NeedsOf(SavedReport report, ReportProject project, DateOnly asOf) => report.Kind switch
    {
        ReportKind.Funnels => FunnelReport.NeedsOf(Funnel(report, project, asOf)),
        ReportKind.Retention => RetentionReport.NeedsOf(Retention(report, project, asOf)),
        // Most cohorts look at all that a person ever did, and those who did nothing are known by their profiles.
        _ => AnswerNeeds.Everything,
    };

    static FunnelDefinition Funnel(SavedReport report, ReportProject project, DateOnly asOf) =>
        Read(report, project, asOf, FunnelBody.Read);

    static RetentionDefinition Retention(SavedReport report, ReportProject project, DateOnly asOf) =>
        Read(report, project, asOf, (body, at, now, errors) => RetentionBody.Read(body, at, now, errors, out _));

    static CohortDefinition Cohort(SavedReport report, ReportProject project, DateOnly asOf) =>
        Read(report, project, asOf, CohortBody.Read);

    static T Read<T>(SavedReport report, ReportProject project, DateOnly asOf, Func<JsonElement, ReportProject, Instant, List<FieldError>, T?> read) where T : class
    {
        using var json = JsonDocument.Parse(report.Definition);
        var errors = new List<FieldError>();
        var (at, now) = ReportFields.AsOf(project, asOf);
        return read(json.RootElement, at, now, errors) ?? throw new DefinitionException($"definition.{errors[0].Field}", errors[0].Detail);
    }

    static void WriteCount(Utf8JsonWriter json, CohortAnswer answer)
    {
        json.WriteStartObject();
        json.WriteNumber("count", answer.Count);
        CoverageJson.Write(json, answer.Coverage);
        json.WriteEndObject();
    }

    static ComputedAnswer Written(Action<Utf8JsonWriter> write, Coverage coverage) => new(
        Encoding.UTF8.GetString(new JsonAnswer(200, write).Bytes.Span),
        coverage.DataUpToMs is { } ms ? CoverageHeaders.Moment(ms) : null);
}
