// Debian's libboost1.81-dev has Boost.URL's headers; this is its one translation unit.
#include <boost/url/src.hpp>
