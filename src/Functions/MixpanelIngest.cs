using Cairn.Api.Ingest.Mixpanel;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Cairn.Functions;

/// <summary>Mixpanel's ingestion endpoints; docs/wire/mixpanel.md describes each.</summary>
public sealed class MixpanelIngest(MixpanelDataEndpoint data, MixpanelImportEndpoint import, MixpanelLookupTableEndpoint lookupTables, MixpanelSdkEndpoint sdk)
{
    [Function("MixpanelTrack")]
    public Task<IResult> Track([HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", "options", Route = "track")] HttpRequest request, CancellationToken cancellationToken) =>
        data.TrackAsync(request, cancellationToken);

    [Function("MixpanelEngage")]
    public Task<IResult> Engage([HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", "options", Route = "engage")] HttpRequest request, CancellationToken cancellationToken) =>
        data.EngageAsync(request, cancellationToken);

    [Function("MixpanelGroups")]
    public Task<IResult> Groups([HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", "options", Route = "groups")] HttpRequest request, CancellationToken cancellationToken) =>
        data.GroupsAsync(request, cancellationToken);

    [Function("MixpanelImport")]
    public Task<IResult> Import([HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", "options", Route = "import")] HttpRequest request, CancellationToken cancellationToken) =>
        import.ImportAsync(request, cancellationToken);

    [Function("MixpanelLookupTables")]
    public Task<IResult> LookupTables([HttpTrigger(AuthorizationLevel.Anonymous, "get", "options", Route = "lookup-tables")] HttpRequest request, CancellationToken cancellationToken) =>
        lookupTables.ListAsync(request, cancellationToken);

    [Function("MixpanelLookupTable")]
    public Task<IResult> LookupTable(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", "options", Route = "lookup-tables/{tableId}")] HttpRequest request, string tableId, CancellationToken cancellationToken) =>
        lookupTables.ReplaceAsync(request, tableId, cancellationToken);

    [Function("MixpanelSettings")]
    public static Task<IResult> Settings([HttpTrigger(AuthorizationLevel.Anonymous, "get", "options", Route = "settings")] HttpRequest request) =>
        MixpanelSdkEndpoint.SettingsAsync(request);

    [Function("MixpanelDecide")]
    public static Task<IResult> Decide([HttpTrigger(AuthorizationLevel.Anonymous, "get", "options", Route = "decide")] HttpRequest request) =>
        MixpanelSdkEndpoint.DecideAsync(request);

    [Function("MixpanelRecord")]
    public Task<IResult> Record([HttpTrigger(AuthorizationLevel.Anonymous, "post", "options", Route = "record")] HttpRequest request, CancellationToken cancellationToken) =>
        sdk.RecordAsync(request, cancellationToken);

    [Function("MixpanelFlags")]
    public Task<IResult> Flags([HttpTrigger(AuthorizationLevel.Anonymous, "get", "options", Route = "flags")] HttpRequest request, CancellationToken cancellationToken) =>
        sdk.FlagsAsync(request, cancellationToken);

    [Function("MixpanelFlagDefinitions")]
    public Task<IResult> FlagDefinitions([HttpTrigger(AuthorizationLevel.Anonymous, "get", "options", Route = "flags/definitions")] HttpRequest request, CancellationToken cancellationToken) =>
        sdk.DefinitionsAsync(request, cancellationToken);

    [Function("MixpanelFirstTimeEvent")]
    public Task<IResult> FirstTimeEvent(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", "options", Route = "flags/{flagId}/first-time-events")] HttpRequest request, CancellationToken cancellationToken) =>
        sdk.FirstTimeEventAsync(request, cancellationToken);
}
