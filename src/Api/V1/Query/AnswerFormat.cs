using Microsoft.AspNetCore.Http;

namespace Cairn.Api.V1.Query;

/// <summary>In which form an answer is wanted.</summary>
static class AnswerFormat
{
    /// <summary>Whether CSV was asked for, by <c>?format=csv</c> or <c>Accept: text/csv</c>; the query string decides where it says something.</summary>
    public static bool IsCsv(HttpRequest request)
    {
        var format = request.Query["format"].ToString();
        return format.Length > 0 ? format == "csv" : request.Headers.Accept.ToString().Contains("text/csv", StringComparison.OrdinalIgnoreCase);
    }
}
