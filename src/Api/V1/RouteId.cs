using Cairn.Api.Problems;
using Cairn.Projects;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.V1;

/// <summary>The id that a request is about: a sender's own text, so it may hold anything.</summary>
static class RouteId
{
    /// <summary>Where no id is given.</summary>
    public static IResult Missing => Problem.InvalidField(new FieldError("id", "This is missing.", "an id as sent, a device with its prefix, in the path or as ?id="));

    /// <summary>From the rest of the path, or else from <c>?id=</c>; null where neither has one.</summary>
    /// <param name="routed">The rest of the path; a slash in an id stands there as %2F, which the server leaves as it is.</param>
    public static string? Of(HttpRequest request, string? routed)
    {
        if (!string.IsNullOrEmpty(routed)) return routed.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        var asked = request.Query["id"].ToString();
        return asked.Length == 0 ? null : asked;
    }
}
