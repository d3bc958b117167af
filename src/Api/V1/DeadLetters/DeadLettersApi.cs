using Cairn.Api.Authorization;
using Cairn.Api.Problems;
using Cairn.Ingestion;
using Cairn.Ingestion.Consumer;
using Cairn.Projects.Keys;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.V1.DeadLetters;

/// <summary><c>/api/v1/dead-letters</c>: what could not be read, why, and another try. Only with the admin key, for a letter may hold any project's data.</summary>
/// <remarks>A letter's id is its blob's name below the folder with "~" for "/". docs/operations/dead-letters.md has a line of curl for each.</remarks>
public sealed class DeadLettersApi(Ingestion.Consumer.DeadLetters letters, IEventStream stream, RequestAuthorization authorization)
{
    /// <summary>Letters in one answer; the rest shows once these are dealt with.</summary>
    const int MaxListed = 1_000;

    /// <summary>GET: all letters with their reasons, oldest place first.</summary>
    public Task<IResult> ListAsync(HttpRequest request) => RunAsync(request, async cancellationToken =>
    {
        var listed = new List<object>();
        var hasMore = false;
        await foreach (var letter in letters.ListAsync(cancellationToken))
        {
            hasMore = listed.Count == MaxListed;
            if (hasMore) break;
            listed.Add(new { Id = IdOf(letter.Name), letter.Letter.Source, letter.Letter.Reason, letter.Letter.At, Bytes = letter.ByteCount });
        }
        return V1Json.Ok(new { DeadLetters = listed, HasMore = hasMore });
    });

    /// <summary>GET <c>/{id}</c>: the bytes as they were found.</summary>
    public Task<IResult> ReadAsync(HttpRequest request, string id) => RunAsync(request, async cancellationToken =>
        await letters.ReadAsync(NameOf(id), cancellationToken) is { } letter ? Results.Bytes(letter.Bytes, "application/octet-stream") : Nothing);

    /// <summary>POST <c>/{id}/replay</c>: through the stream again; then the letter is gone, or comes back with a new reason.</summary>
    public Task<IResult> ReplayAsync(HttpRequest request, string id) => RunAsync(request, async cancellationToken =>
        await letters.ReplayAsync(NameOf(id), stream, cancellationToken) ? Results.NoContent() : Nothing);

    /// <summary>DELETE <c>/{id}</c>: for good.</summary>
    public Task<IResult> DropAsync(HttpRequest request, string id) => RunAsync(request, async cancellationToken =>
        await letters.DropAsync(NameOf(id), cancellationToken) ? Results.NoContent() : Nothing);

    static Problem Nothing => Problem.NotFound("There is no such dead letter.");

    Task<IResult> RunAsync(HttpRequest request, Func<CancellationToken, Task<IResult>> handle) => V1Route.RunAsync(request, async cancellationToken =>
    {
        var caller = await authorization.CheckDeploymentAsync(request, Role.Admin, allowsOneProject: false, cancellationToken);
        if (caller.IsDenied(out var denial)) return denial;
        try
        {
            return await handle(cancellationToken);
        }
        catch (StreamUnavailableException e)
        {
            return Problem.Unavailable(e.Message);
        }
        catch (ArgumentException)
        {
            // The id makes no name that a blob could have.
            return Nothing;
        }
    });

    static string IdOf(string name) => name[Ingestion.Consumer.DeadLetters.Folder.Length..].Replace('/', '~');

    static string NameOf(string id) => Ingestion.Consumer.DeadLetters.Folder + id.Replace('~', '/');
}
