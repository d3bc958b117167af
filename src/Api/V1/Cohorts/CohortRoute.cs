using System.Text.Json;
using Cairn.Api.Answers;
using Cairn.Api.Problems;
using Cairn.Api.V1.Query;
using Cairn.Projects;
using Cairn.Projects.Keys;
using Cairn.Query.Cohorts;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.V1.Cohorts;

/// <summary><c>POST /api/v1/query/cohorts</c>: who is in a cohort, page by page; or, with <c>are_in</c>, whether some ids are.</summary>
public sealed class CohortRoute(V1Door door, CohortReport report)
{
    public Task<IResult> AskAsync(HttpRequest request, CancellationToken cancellationToken) => door.AskAsync(request, Role.Viewer, async (body, project, now) =>
    {
        var errors = new List<FieldError>();
        if (CohortBody.Read(body, project, now, errors, out var page, out var ids) is not { } definition) return Problem.InvalidField(errors);
        if (ids is not null)
        {
            var membership = await report.MembershipAsync(definition, ids, cancellationToken);
            return ReportAnswer.Of(request, membership.Coverage, () => Csv(membership), json => Write(json, membership));
        }
        var answer = await report.AnswerAsync(definition, cancellationToken);
        return ReportAnswer.Of(request, page, answer.People, answer.Coverage);
    });

    static void Write(Utf8JsonWriter json, CohortMembership membership)
    {
        json.WriteStartObject();
        json.WriteStartArray("ids");
        foreach (var one in membership.Ids)
        {
            json.WriteStartObject();
            json.WriteString("id", one.Id);
            json.WriteString("person", one.Person);
            json.WriteBoolean("is_in", one.IsIn);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        CoverageJson.Write(json, membership.Coverage);
        json.WriteEndObject();
    }

    static string Csv(CohortMembership membership) =>
        membership.Ids.Aggregate(new Csv().Row("id", "person", "is in"), (csv, one) => csv.Row(one.Id, one.Person, one.IsIn ? "true" : "false")).ToString();
}
