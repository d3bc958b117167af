using Cairn.Api.Ingest;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Cairn.Behaviour.Api.Ingest;

public class Asking_from_another_origin
{
    [Fact]
    public void Echoes_the_origin_and_allows_credentials()
    {
        var http = Request("POST", "https://shop.example.com");
        Assert.False(Cors.TryAnswerPreflight(http));
        var headers = http.Response.Headers;
        Assert.Equal("https://shop.example.com", headers.AccessControlAllowOrigin);
        Assert.Equal("true", headers.AccessControlAllowCredentials);
        Assert.Equal("Retry-After", headers.AccessControlExposeHeaders);
        Assert.Equal("Origin", headers.Vary);
    }

    [Fact]
    public void Answers_a_preflight_with_what_it_asks_for()
    {
        var http = Request("OPTIONS", "https://shop.example.com");
        http.Request.Headers.AccessControlRequestHeaders = "authorization,traceparent,x-custom";
        Assert.True(Cors.TryAnswerPreflight(http));
        Assert.Equal(204, http.Response.StatusCode);
        Assert.Equal("authorization,traceparent,x-custom", http.Response.Headers.AccessControlAllowHeaders);
        Assert.Equal("GET, POST, PUT, OPTIONS", http.Response.Headers.AccessControlAllowMethods);
        Assert.Equal("86400", http.Response.Headers.AccessControlMaxAge);
    }

    [Fact]
    public void Says_nothing_to_a_server_that_names_no_origin()
    {
        var http = Request("POST", null);
        Cors.Apply(http);
        Assert.Empty(http.Response.Headers);
    }

    [Theory]
    [InlineData(true, "198.51.100.7", "198.51.100.7")]
    [InlineData(true, "198.51.100.7, 203.0.113.9:51234", "203.0.113.9")]
    [InlineData(true, "[2001:db8::1]:443", "2001:db8::1")]
    [InlineData(true, "rubbish", "192.0.2.1")]
    [InlineData(true, null, "192.0.2.1")]
    [InlineData(false, "198.51.100.7", "192.0.2.1")]
    public void Believes_the_forwarded_address_only_where_told_to(bool trusts, string? forwarded, string expected)
    {
        var http = Request("POST", null);
        http.Connection.RemoteIpAddress = System.Net.IPAddress.Parse("192.0.2.1");
        if (forwarded is not null) http.Request.Headers["X-Forwarded-For"] = forwarded;
        Assert.Equal(expected, new ClientAddress(trusts).Of(http)?.ToString());
    }

    static DefaultHttpContext Request(string method, string? origin)
    {
        var http = new DefaultHttpContext();
        http.Request.Method = method;
        if (origin is not null) http.Request.Headers.Origin = origin;
        return http;
    }
}
