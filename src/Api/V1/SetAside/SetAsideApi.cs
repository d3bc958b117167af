using Cairn.Api.Authorization;
using Cairn.Api.Problems;
using Cairn.Projects.Keys;
using Cairn.Storage.Recent.SetAside;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.V1.SetAside;

/// <summary><c>/api/v1/set-aside</c>: recent files that were torn or altered, and taking them back once mended. Only with the admin key, for a file may hold any project's data.</summary>
/// <remarks>A file's id is its blob's name below the folder with "~" for "/". docs/operations/set-aside.md has a line of curl for each.</remarks>
public sealed class SetAsideApi(SetAsideFiles files, RequestAuthorization authorization)
{
    /// <summary>Files in one answer; the rest shows once these are dealt with.</summary>
    const int MaxListed = 1_000;

    /// <summary>GET: all files with their reasons, by name.</summary>
    public Task<IResult> ListAsync(HttpRequest request) => RunAsync(request, async cancellationToken =>
    {
        var listed = new List<object>();
        var hasMore = false;
        await foreach (var file in files.ListAsync(cancellationToken))
        {
            hasMore = listed.Count == MaxListed;
            if (hasMore) break;
            listed.Add(new { Id = IdOf(file.Name), Blob = file.Name, File = file.RecentName, file.Reason, file.At, Bytes = file.ByteCount });
        }
        return V1Json.Ok(new { SetAside = listed, HasMore = hasMore });
    });

    /// <summary>GET <c>/{id}</c>: the bytes as they lie there.</summary>
    public Task<IResult> ReadAsync(HttpRequest request, string id) => RunAsync(request, async cancellationToken =>
        await files.ReadAsync(NameOf(id), cancellationToken) is { } bytes ? Results.Bytes(bytes, "application/octet-stream") : Nothing);

    /// <summary>POST <c>/{id}/restore</c>: the file counts again, where its bytes were mended; else 409 says what is wrong still.</summary>
    public Task<IResult> RestoreAsync(HttpRequest request, string id) => RunAsync(request, async cancellationToken =>
        await files.RestoreAsync(NameOf(id), cancellationToken) is { } fault ? Problem.Conflict($"The file is damaged still: {fault}") : Results.NoContent());

    /// <summary>DELETE <c>/{id}</c>: for good, with its rows.</summary>
    public Task<IResult> DropAsync(HttpRequest request, string id) => RunAsync(request, async cancellationToken =>
        await files.DropAsync(NameOf(id), cancellationToken) ? Results.NoContent() : Nothing);

    static Problem Nothing => Problem.NotFound("There is no such file.");

    Task<IResult> RunAsync(HttpRequest request, Func<CancellationToken, Task<IResult>> handle) => V1Route.RunAsync(request, async cancellationToken =>
    {
        var caller = await authorization.CheckDeploymentAsync(request, Role.Admin, allowsOneProject: false, cancellationToken);
        if (caller.IsDenied(out var denial)) return denial;
        try
        {
            return await handle(cancellationToken);
        }
        catch (Exception e) when (e is FileNotFoundException or ArgumentException)
        {
            // There is none, or the id makes no name that a blob could have.
            return Nothing;
        }
    });

    static string IdOf(string name) => name[SetAsideFiles.Folder.Length..].Replace('/', '~');

    static string NameOf(string id) => SetAsideFiles.Folder + id.Replace('~', '/');
}
