using Microsoft.AspNetCore.Http;

namespace Cairn.Api.Bodies;

/// <summary>A body never came whole, by its sender's fault; each route says so in its own form.</summary>
/// <param name="fault">The web server's, whose status is 408 or 400.</param>
public sealed class UnreadBodyException(BadHttpRequestException fault) : Exception(fault.Message, fault)
{
    /// <summary>408 where the sender was too slow, else 400.</summary>
    public int Status { get; } = fault.StatusCode == StatusCodes.Status408RequestTimeout ? fault.StatusCode : StatusCodes.Status400BadRequest;

    /// <summary>What to tell.</summary>
    public string Detail => Status == StatusCodes.Status408RequestTimeout ? "The body took too long to arrive." : $"The body is malformed as HTTP: {Message}";
}
