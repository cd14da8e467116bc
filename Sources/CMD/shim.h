// libmd: the message digests of the BSDs.
#pragma once
#include <sha1.h>
#include <sha2.h>
