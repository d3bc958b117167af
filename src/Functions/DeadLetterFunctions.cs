using Cairn.Api.V1.DeadLetters;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Cairn.Functions;

/// <summary>What the consumer could not read: look, try again, drop.</summary>
public sealed class DeadLetterFunctions(DeadLettersApi letters)
{
    const string All = "api/v1/dead-letters", One = All + "/{letterId}";

    [Function("DeadLettersList")]
    public Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = All)] HttpRequest request) => letters.ListAsync(request);

    [Function("DeadLettersRead")]
    public Task<IResult> Read([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = One)] HttpRequest request, string letterId) => letters.ReadAsync(request, letterId);

    [Function("DeadLettersReplay")]
    public Task<IResult> Replay([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = One + "/replay")] HttpRequest request, string letterId) => letters.ReplayAsync(request, letterId);

    [Function("DeadLettersDrop")]
    public Task<IResult> Drop([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = One)] HttpRequest request, string letterId) => letters.DropAsync(request, letterId);
}
