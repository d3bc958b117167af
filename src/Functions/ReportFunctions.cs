using Cairn.Api.V1.OpenApi;
using Cairn.Api.V1.Reports;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Cairn.Functions;

/// <summary>Reports that are kept: make, list, read, change, delete, and go back to what they were; and what our own query API looks like.</summary>
public sealed class ReportFunctions(ReportsApi reports, ReportAnswerRoute answers, OpenApiRoute openApi)
{
    const string All = "api/v1/reports", One = All + "/{reportId}";

    [Function("OpenApi")]
    public IResult Describe([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/openapi.json")] HttpRequest request) => openApi.Document();

    [Function("ReportsCreate")]
    public Task<IResult> Create([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = All)] HttpRequest request) => reports.CreateAsync(request);

    [Function("ReportsList")]
    public Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = All)] HttpRequest request) => reports.ListAsync(request);

    [Function("ReportsFind")]
    public Task<IResult> Find([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = One)] HttpRequest request, string reportId) => reports.FindAsync(request, reportId);

    [Function("ReportsChange")]
    public Task<IResult> Change([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = One)] HttpRequest request, string reportId) => reports.ChangeAsync(request, reportId);

    [Function("ReportsVersions")]
    public Task<IResult> Versions([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = One + "/versions")] HttpRequest request, string reportId) => reports.VersionsAsync(request, reportId);

    [Function("ReportsRestore")]
    public Task<IResult> Restore([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = One + "/restore")] HttpRequest request, string reportId) => reports.RestoreAsync(request, reportId);

    [Function("ReportsAnswer")]
    public Task<IResult> Answer([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = One + "/answer")] HttpRequest request, string reportId, CancellationToken cancellationToken) =>
        answers.AskAsync(request, reportId, cancellationToken);

    [Function("ReportsDelete")]
    public Task<IResult> Delete([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = One)] HttpRequest request, string reportId) => reports.DeleteAsync(request, reportId);
}
